namespace Iarnet.Rpc;

/// <summary>A way to a server.</summary>
public abstract class ChannelBase(string target)
{
    /// <summary>The address, as it was given.</summary>
    public string Target { get; } = target;

    /// <summary>What stubs make their calls with.</summary>
    public abstract CallInvoker CreateCallInvoker();
}
