namespace Iarnet.Rpc;

/// <summary>What all kinds of calls have in common.</summary>
internal interface ICallState : IDisposable
{
    Task<Metadata> ResponseHeadersAsync { get; }

    Status GetStatus();

    Metadata GetTrailers();
}
