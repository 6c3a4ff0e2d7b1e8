namespace Iarnet.Bus.Transport;

/// <summary>Told of what a listener accepted, on any thread. Does not throw.</summary>
internal interface IListenerOwner
{
    void Accepted(ITransportListener listener, ITransportLink link);

    /// <summary>Accepting failed; it is tried again after a pause.</summary>
    void AcceptFailed(ITransportListener listener, Exception reason);
}
