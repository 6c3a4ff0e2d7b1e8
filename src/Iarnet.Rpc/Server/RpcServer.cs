using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>
/// A gRPC server on Kestrel, without a host: it reads no configuration, logs only where it is told to and handles no signals.
/// Add services and addresses, then start. Members other than <see cref="DisposeAsync"/> are for one thread.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly RpcServerOptions _options;
    private readonly HandlerTable _handlers;
    private readonly ILoggerFactory? _logs;
    private readonly List<RpcAddress> _listen = [];
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;

    /// <summary>Makes a server that does not listen yet.</summary>
    public RpcServer(RpcServerOptions? options = null, ILoggerFactory? logs = null)
    {
        _options = options ?? new RpcServerOptions();
        _logs = logs;
        _handlers = new HandlerTable(_options);
    }

    /// <summary>Where the server listens, with the real ports; empty before it started.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Adds the methods of a service.</summary>
    /// <exception cref="InvalidOperationException">A method of the same path is there already.</exception>
    public RpcServer AddService(ServerServiceDefinition service)
    {
        ArgumentNullException.ThrowIfNull(service);
        service.BindService(_handlers);
        return this;
    }

    /// <summary>Adds an address: "http://127.0.0.1:0" (any free port), "https://host:port" or "unix:///path".</summary>
    /// <exception cref="ArgumentException">The address has none of these forms.</exception>
    /// <exception cref="InvalidOperationException">It reaches beyond this machine without TLS and <see cref="RpcServerOptions.AllowInsecure"/> is not set, or it is https and there is no certificate.</exception>
    public RpcServer Listen(string address)
    {
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

    /// <summary>Starts to listen on all addresses.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_listen.Count == 0)
        {
            throw new InvalidOperationException("The server has no address to listen on: call Listen first.");
        }

        _app = Build();
        var stopping = _stopping.Token;
        _app.Run(http => _handlers.HandleAsync(http, stopping));
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        var bound = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Addresses = [.. bound.Select(address => address.StartsWith("http://unix:", StringComparison.Ordinal) ? "unix://" + address["http://unix:".Length..] : address)];
    }

    /// <summary>Stops to listen, cancels running calls, waits for them up to <see cref="RpcServerOptions.StopTimeout"/>, then cuts them off.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            using (var patience = new CancellationTokenSource(_options.StopTimeout, _options.TimeProvider))
            {
                await app.StopAsync(patience.Token).ConfigureAwait(false);
            }

            await app.DisposeAsync().ConfigureAwait(false);
            foreach (var path in _listen.Select(address => address.SocketPath).OfType<string>())
            {
                File.Delete(path);
            }
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());

        // The host of the application owns signals; this server is only a part of it.
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        if (_logs is not null)
        {
            builder.Services.AddSingleton(_logs);
        }

        builder.WebHost.UseKestrelCore();
        if (_options.Tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, _options, _listen));
        return builder.Build();
    }
}
