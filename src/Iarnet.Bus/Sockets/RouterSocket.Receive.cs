namespace Iarnet.Bus;

public sealed partial class RouterSocket
{
    /// <summary>The next message, after waiting for it. Each message is given to one receiver, who disposes it; a cancelled wait takes none.</summary>
    /// <exception cref="ObjectDisposedException">The socket is disposed, or was while this waited.</exception>
    public ValueTask<ReceivedMessage> ReceiveAsync(CancellationToken cancellationToken = default) => _shell.Inbox.ReceiveAsync(cancellationToken);

    /// <summary>The next message if there is one now.</summary>
    public bool TryReceive(out ReceivedMessage message) => _shell.Inbox.TryTakeMessage(out message);

    /// <summary>The next messages of one peer, as they arrived together, after waiting for them. As <see cref="ReceiveAsync"/> otherwise.</summary>
    public ValueTask<ReceivedBatch> ReceiveBatchAsync(CancellationToken cancellationToken = default) => _shell.Inbox.ReceiveBatchAsync(cancellationToken);

    /// <summary>The next messages of one peer if there are any now.</summary>
    public bool TryReceiveBatch(out ReceivedBatch batch) => _shell.Inbox.TryTakeBatch(out batch);

    /// <summary>All messages until the socket is disposed, which ends the sequence. Each is to be disposed by who takes it.</summary>
    public IAsyncEnumerable<ReceivedMessage> ReadAllAsync(CancellationToken cancellationToken = default) => _shell.ReadAllAsync(cancellationToken);

    /// <summary>
    /// Messages go to the handler instead of waiting to be received: on the I/O loop, as soon as they arrive, which saves the switch
    /// to another thread. The batch is valid until the handler returns. It must not block, nor work for long: all connections of the
    /// loop wait meanwhile. What it sends leaves when it returns. What it throws is logged.
    /// </summary>
    /// <exception cref="InvalidOperationException">The socket was bound or connected already, or has a handler.</exception>
    public void Handle(Action<RouterSocket, ReceivedBatch> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _shell.Handle(batch => handler(this, batch));
    }
}
