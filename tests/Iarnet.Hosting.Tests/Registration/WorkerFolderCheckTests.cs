using Iarnet.Functions;
using Iarnet.Hosting.Registration;
using Iarnet.Providers;

namespace Iarnet.Hosting.Tests.Registration;

public sealed class WorkerFolderCheckTests
{
    private const string Nowhere = "/nowhere/iarnet-worker";

    [Fact]
    public void A_worker_that_is_not_there_is_named_with_the_package_that_brings_it()
    {
        var options = new ProcessProviderOptions();
        options.Runtimes[FunctionLanguages.DotNet] = new ProcessRuntime("dotnet") { Arguments = ["exec", WorkerFolderCheck.DotNetWorker(Nowhere)] };

        var refused = Assert.Throws<IarnetException>(() => WorkerFolderCheck.Require(options, Nowhere));

        Assert.Contains(Nowhere, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Iarnet.Worker", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_of_the_applications_own_is_not_looked_for()
    {
        var options = new ProcessProviderOptions();
        options.Runtimes[FunctionLanguages.DotNet] = new ProcessRuntime("my-worker");

        WorkerFolderCheck.Require(options, Nowhere);
    }

    [Fact]
    public void A_provider_without_the_dotnet_runtime_needs_no_worker() => WorkerFolderCheck.Require(new ProcessProviderOptions(), Nowhere);
}
