namespace Iarnet.Bus.Transport;

/// <summary>Disposing it ends a pending accept with an error and removes what the binding left in the file system.</summary>
internal interface ITransportListener : IDisposable
{
    /// <summary>The endpoint as bound, which others connect to.</summary>
    string Endpoint { get; }

    ValueTask<ITransportLink> AcceptAsync(CancellationToken cancellationToken);
}
