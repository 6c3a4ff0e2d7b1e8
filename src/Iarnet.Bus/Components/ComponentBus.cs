using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

/// <summary>The engine's end of the component bus. Thread-safe.</summary>
public sealed class ComponentBus : IAsyncDisposable
{
    /// <summary>Creates the bus; nothing is bound before <see cref="StartAsync"/>.</summary>
    public ComponentBus(ComponentBusOptions options, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
    }

    /// <summary>The endpoints as bound (a port where 0 was asked for): what components are told. Empty before the start.</summary>
    public IReadOnlyList<string> Endpoints => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Binds the endpoints of the options.</summary>
    public ValueTask StartAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Makes a component known: from now on messages may be queued for it, and it may connect.</summary>
    /// <exception cref="InvalidOperationException">A component of this id is registered and not gone.</exception>
    public BusPeer Register(ComponentId id, IBusPeerHandler handler) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Says goodbye to a component, closes its connection, and fails what waits for it. Does nothing for one that is not registered.</summary>
    public ValueTask UnregisterAsync(ComponentId id, string reason) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Says goodbye to every component and closes. Returns within the linger of the options, whatever the peers do.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException("The surface stands first; what is behind it follows.");
}
