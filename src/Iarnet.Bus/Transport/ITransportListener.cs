namespace Iarnet.Bus.Transport;

/// <summary>Accepts until it is disposed; then its endpoint is free again. Disposing may come from any thread.</summary>
internal interface ITransportListener : IAsyncDisposable
{
    /// <summary>The endpoint as bound, which others connect to.</summary>
    string Endpoint { get; }
}
