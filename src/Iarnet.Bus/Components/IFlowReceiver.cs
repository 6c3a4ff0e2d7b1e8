namespace Iarnet.Bus.Components;

/// <summary>The handler of one end of a flow, whichever end that is.</summary>
internal interface IFlowReceiver
{
    /// <summary>Whether messages are handed over many at a time.</summary>
    bool TakesBatches { get; }

    void Received(in BusMessage message);

    void Received(ReadOnlySpan<BusMessage> messages);

    void Canceled(ulong correlation);

    void Expired(in BusExpiredMessage message);

    /// <summary>One of the calls above threw.</summary>
    void Threw(Exception exception);
}
