using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

/// <summary>What has arrived and waits to be received, in the order of arrival. Each peer has its own share of room, so none starves another.</summary>
internal sealed class ReceiveQueue(int maxMessages, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<(ReceivedMessage Message, Share Share)> _messages = new();
    private readonly LinkedList<TaskCompletionSource<ReceivedMessage>> _receivers = new();
    private bool _closed;

    /// <summary>The room of one peer.</summary>
    public sealed class Share
    {
        internal int Messages;
        internal long Bytes;
        internal Pulse Room;
    }

    /// <summary>Hands a message over, or queues it. A task that is not complete ends when the peer may deliver more.</summary>
    public Task Add(ReceivedMessage message, Share share)
    {
        TaskCompletionSource<ReceivedMessage>? receiver = null;
        lock (_lock)
        {
            if (_closed)
            {
                return Task.CompletedTask;
            }

            if (_receivers.First is { } first)
            {
                receiver = first.Value;
                _receivers.RemoveFirst();
            }
            else
            {
                share.Messages++;
                share.Bytes += message.Bytes;
                _messages.Enqueue((message, share));
                return share.Messages >= maxMessages || share.Bytes >= maxBytes ? share.Room.Wait() : Task.CompletedTask;
            }
        }

        // A receiver leaves the list before it completes, whoever completes it: this message has no other way.
        receiver.TrySetResult(message);
        return Task.CompletedTask;
    }

    public bool TryTake(out ReceivedMessage? message)
    {
        TaskCompletionSource? waiter = null;
        lock (_lock)
        {
            if (!_messages.TryDequeue(out var item))
            {
                message = null;
                return false;
            }

            message = item.Message;
            var share = item.Share;
            share.Messages--;
            share.Bytes -= message.Bytes;
            if (share.Messages <= maxMessages / 2 && share.Bytes <= maxBytes / 2)
            {
                waiter = share.Room.Take();
            }
        }

        waiter?.TrySetResult();
        return true;
    }

    public ValueTask<ReceivedMessage> TakeAsync(object owner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryTake(out var message) ? new ValueTask<ReceivedMessage>(message!) : WaitAsync(owner, cancellationToken);
    }

    public void Close(object owner)
    {
        List<TaskCompletionSource<ReceivedMessage>> receivers;
        List<TaskCompletionSource> senders = [];
        lock (_lock)
        {
            _closed = true;
            receivers = [.. _receivers];
            _receivers.Clear();
            foreach (var (_, share) in _messages)
            {
                if (share.Room.Take() is { } waiter)
                {
                    senders.Add(waiter);
                }
            }

            _messages.Clear();
        }

        senders.ForEach(static waiter => waiter.TrySetResult());
        receivers.ForEach(receiver => receiver.TrySetException(new ObjectDisposedException(owner.GetType().Name)));
    }

    private async ValueTask<ReceivedMessage> WaitAsync(object owner, CancellationToken cancellationToken)
    {
        var receiver = new TaskCompletionSource<ReceivedMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<ReceivedMessage>>? node = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            if (_messages.Count == 0)
            {
                node = _receivers.AddLast(receiver);
            }
        }

        if (node is null)
        {
            return await TakeAsync(owner, cancellationToken).ConfigureAwait(false);
        }

        await using var registration = cancellationToken.UnsafeRegister(
            _ =>
            {
                lock (_lock)
                {
                    if (node.List is null)
                    {
                        // A message was handed over in the same moment: it wins, or it would be lost.
                        return;
                    }

                    _receivers.Remove(node);
                }

                receiver.TrySetCanceled(cancellationToken);
            },
            null).ConfigureAwait(false);
        return await receiver.Task.ConfigureAwait(false);
    }
}
