namespace Iarnet.Rpc;

/// <summary>The root of generated clients.</summary>
public abstract class ClientBase
{
    /// <summary>Makes a client without a way to a server, for mocks.</summary>
    protected ClientBase()
        : this(new ClientBaseConfiguration(UnboundCallInvoker.Instance))
    {
    }

    /// <summary>Makes a client from the configuration of another.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        CallInvoker = configuration.Invoker;
    }

    /// <summary>What the client makes its calls with.</summary>
    protected CallInvoker CallInvoker { get; }

    /// <summary>What generated clients pass from one to the next.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker invoker) => Invoker = invoker;

        internal CallInvoker Invoker { get; }
    }
}
