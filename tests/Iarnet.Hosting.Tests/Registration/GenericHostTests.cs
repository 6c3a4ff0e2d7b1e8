using Iarnet.Hosting.Tests.Harness;
using Iarnet.Scheduling;
using Iarnet.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Iarnet.Hosting.Tests.Registration;

public sealed class GenericHostTests
{
    [Fact]
    public async Task A_node_starts_and_stops_with_its_host_and_serves_its_background_services()
    {
        using var folders = new NodeFolders();
        var builder = Host.CreateApplicationBuilder();
        builder.AddIarnet(node => node.AddProcessProvider().Configure(folders.Apply).Configure(options => options.DefaultReplicas = 1));
        builder.Services.AddSingleton<Squares>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Squares>());
        using (var host = builder.Build())
        {
            await host.StartAsync().Within("the start of the host");
            Assert.Equal(385, await host.Services.GetRequiredService<Squares>().Sum.Within("the background service"));
            Assert.Single(folders.Workers());
            await host.StopAsync().Within("the stop of the host");
            folders.AssertEmpty();
        }

        folders.AssertEmpty();
    }

    [Fact]
    public async Task Options_come_from_the_configuration_and_then_from_code()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Iarnet:Name"] = "from configuration",
            ["Iarnet:DefaultReplicas"] = "7",
            ["Iarnet:InlineLimit"] = "1024",
            ["Iarnet:ShutdownTimeout"] = "00:00:03",
        });
        builder.AddIarnet(node => node.Configure(options => options.InlineLimit = 2048));
        using var host = builder.Build();
        await host.StartAsync().Within("the start of the host");

        var options = host.Services.GetRequiredService<IOptions<IarnetNodeOptions>>().Value;

        Assert.Equal((7, 2048, TimeSpan.FromSeconds(3)), (options.DefaultReplicas, options.InlineLimit, options.ShutdownTimeout));
        Assert.Equal("from configuration", host.Services.GetRequiredService<IarnetNode>().Name);
        await host.StopAsync().Within("the stop of the host");
    }

    [Theory]
    [InlineData("DefaultReplicas", "0")]
    [InlineData("InlineLimit", "-1")]
    [InlineData("StoreMemoryLimit", "5")]
    [InlineData("ShutdownTimeout", "1.00:00:00")]
    [InlineData("Name", "")]
    public async Task An_option_out_of_its_range_fails_the_start_with_its_name(string option, string value)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"Iarnet:{option}"] = value });
        builder.AddIarnet();
        builder.AddIarnet();
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().Within("the start of the host"));

        Assert.Contains(option, refusal.Message, StringComparison.Ordinal);
        Assert.Single(refusal.Failures);
    }

    [Fact]
    public async Task A_node_that_cannot_start_fails_the_start_of_its_host_and_leaves_nothing()
    {
        using var folders = new NodeFolders();
        var builder = Host.CreateApplicationBuilder();
        builder.AddIarnet(node => node.AddProcessProvider().AddPythonFunction<int, int>("f", "f.py").Configure(folders.Apply)
            .Configure(options => options.PythonInterpreter = "/nowhere/python3"));
        using (var host = builder.Build())
        {
            await Assert.ThrowsAsync<IarnetException>(() => host.StartAsync().Within("the start of the host"));
        }

        folders.AssertEmpty();
    }

    [Fact]
    public async Task Adding_a_node_twice_gives_one_node_with_what_both_added()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddIarnet(node => node.AddFunction(Work.Square, f => f.Group("one")));
        builder.AddIarnet(node => node.AddFunction(Work.Sum, f => f.Group("two")).Configure(options => options.Name = "both"));
        using var host = builder.Build();
        await host.StartAsync().Within("the start of the host");

        var node = Assert.Single(host.Services.GetServices<IarnetNode>());

        Assert.Equal("both", node.Name);
        Assert.Same(node.Engine, host.Services.GetRequiredService<DagEngine>());
        Assert.Same(node.Store, host.Services.GetRequiredService<ObjectStore>());
        Assert.Same(node.Domain, host.Services.GetRequiredService<DomainResourceManager>());
        Assert.Throws<FunctionConflictException>(() => node.Engine.AddFunction(Work.Square, f => f.Group("three")));
        Assert.Throws<FunctionConflictException>(() => node.Engine.AddFunction(Work.Sum, f => f.Group("three")));
        await host.StopAsync().Within("the stop of the host");
    }

    private sealed class Squares(DagEngine engine) : BackgroundService
    {
        private readonly TaskCompletionSource<int> _sum = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<int> Sum => _sum.Task;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await using var session = engine.OpenSession("squares");
            var squares = Enumerable.Range(1, 10).Select(i => session.Call(Work.Square, i)).ToArray();
            _sum.SetResult(await session.Reduce(squares, Work.Add, fanIn: 4).GetAsync(stoppingToken));
        }
    }
}
