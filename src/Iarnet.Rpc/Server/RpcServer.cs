using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Rpc;

/// <summary>
/// A gRPC server on Kestrel, without a host: it reads no configuration, logs only where it is told to and handles no signals.
/// Add services and addresses, then start. Members other than <see cref="StopAsync"/> and <see cref="DisposeAsync"/> are for one thread.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly RpcServerOptions _options;
    private readonly HandlerTable _handlers;
    private readonly RpcApplication _application;
    private readonly ILoggerFactory _logs;
    private readonly List<RpcAddress> _listen = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lifeLock = new();
    private WebApplication? _container;
    private bool _isStarted;
    private Task? _stopped;

    /// <summary>Makes a server that does not listen yet.</summary>
    public RpcServer(RpcServerOptions? options = null, ILoggerFactory? logs = null)
    {
        _options = options ?? new RpcServerOptions();
        _logs = logs ?? NullLoggerFactory.Instance;
        _handlers = new HandlerTable(_options, _logs.CreateLogger<RpcServer>());
        _application = new RpcApplication(_handlers, _stopping.Token);
    }

    /// <summary>Where the server listens, in the order of <see cref="Listen"/>, with the real ports; empty before it started.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Adds the methods of a service, before the server starts.</summary>
    /// <exception cref="InvalidOperationException">A method of the same path is there already, or the server was started.</exception>
    public RpcServer AddService(ServerServiceDefinition service)
    {
        ArgumentNullException.ThrowIfNull(service);
        RequireNotStarted();
        service.BindService(_handlers);
        return this;
    }

    /// <summary>
    /// Adds an address: "http://127.0.0.1:0" (any free port), "https://host:port" or "unix:///path". The host is an IP address
    /// (0.0.0.0 or [::] for all) or localhost, which means 127.0.0.1.
    /// </summary>
    /// <exception cref="ArgumentException">The address has none of these forms.</exception>
    /// <exception cref="InvalidOperationException">
    /// It reaches beyond this machine without TLS and <see cref="RpcServerOptions.AllowInsecure"/> is not set, it is https and there is
    /// no certificate, or the server was started.
    /// </exception>
    public RpcServer Listen(string address)
    {
        RequireNotStarted();
        var parsed = RpcAddress.Parse(address);
        if (parsed.IsTls && _options.Tls is null)
        {
            throw new InvalidOperationException($"'{address}' needs a certificate: set {nameof(RpcServerOptions)}.{nameof(RpcServerOptions.Tls)}.");
        }

        if (!parsed.IsTls && parsed.SocketPath is null && !parsed.Uri.IsLoopback && !_options.AllowInsecure)
        {
            throw new InvalidOperationException(
                $"'{address}' reaches beyond this machine without TLS. Use https with a certificate, a loopback address, or set {nameof(RpcServerOptions)}.{nameof(RpcServerOptions.AllowInsecure)}.");
        }

        _listen.Add(parsed);
        return this;
    }

    /// <summary>Starts to listen on all addresses. A socket file that nobody listens on any more is replaced.</summary>
    /// <exception cref="IOException">An address is in use, or the path of a socket holds a file that is no socket.</exception>
    /// <exception cref="InvalidOperationException">There is no address, or the server was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        RequireNotStarted();
        if (_listen.Count == 0)
        {
            throw new InvalidOperationException($"The server has no address to listen on: call {nameof(Listen)} first.");
        }

        _isStarted = true;
        foreach (var path in SocketPaths())
        {
            await SocketFile.ClearAsync(path, cancellationToken).ConfigureAwait(false);
        }

        var container = BuildContainer();
        _container = container;
        var server = container.Services.GetRequiredService<IServer>();
        await server.StartAsync(_application, cancellationToken).ConfigureAwait(false);
        foreach (var path in SocketPaths())
        {
            SocketFile.SetMode(path, _options.SocketFileMode);
        }

        Addresses = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(RpcAddress.FromKestrel)];
    }

    /// <summary>
    /// Stops to listen and refuses new calls with <see cref="StatusCode.Unavailable"/>. Running calls go on undisturbed for
    /// <see cref="RpcServerOptions.DrainTime"/>, then their tokens are cancelled, and after <see cref="RpcServerOptions.StopTimeout"/>
    /// more their connections are cut. Returns within the sum of both and about a second, whatever the handlers do. May be called again.
    /// </summary>
    public Task StopAsync()
    {
        lock (_lifeLock)
        {
            return _stopped ??= StopOnceAsync();
        }
    }

    /// <summary>As <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task StopOnceAsync()
    {
        _isStarted = true;
        if (_container is not { } container)
        {
            return;
        }

        _application.Refuse();
        var drain = _options.TimeProvider.CreateTimer(static state => _ = ((CancellationTokenSource)state!).CancelAsync(), _stopping, _options.DrainTime, Timeout.InfiniteTimeSpan);
        try
        {
            using var patience = new CancellationTokenSource(_options.DrainTime + _options.StopTimeout, _options.TimeProvider);
            await container.Services.GetRequiredService<IServer>().StopAsync(patience.Token).ConfigureAwait(false);
        }
        finally
        {
            await drain.DisposeAsync().ConfigureAwait(false);
            await _stopping.CancelAsync().ConfigureAwait(false);
            await container.DisposeAsync().ConfigureAwait(false);
            foreach (var path in SocketPaths())
            {
                File.Delete(path);
            }
        }
    }

    private WebApplication BuildContainer()
    {
        // Only Kestrel and what it needs; the application itself is never run, so it has no say in signals and lifetimes.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_logs);
        builder.WebHost.UseKestrelCore();
        if (_options.Tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, _options, _listen));
        return builder.Build();
    }

    private IEnumerable<string> SocketPaths() => _listen.Select(address => address.SocketPath).OfType<string>();

    private void RequireNotStarted()
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("The server was started already.");
        }
    }
}
