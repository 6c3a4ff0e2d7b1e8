using Iarnet.Bus.Sockets;

namespace Iarnet.Bus;

/// <summary>
/// Messages of one peer that arrived together, in the memory that they were received into: for many small messages by far the
/// quickest way to receive. Enumerate it with <c>foreach</c>, as often as needed; <see cref="Dispose"/> gives all the memory back, once.
/// </summary>
public readonly struct ReceivedBatch : IDisposable
{
    private readonly ReceiveLease? _lease;
    private readonly int _generation;

    internal ReceivedBatch(ReceiveLease lease)
    {
        _lease = lease;
        _generation = lease.Generation;
    }

    /// <summary>Who sent the messages, when a ROUTER received them; otherwise null.</summary>
    public PeerIdentity? Peer => Lease.Peer;

    /// <summary>How many messages there are: at least one.</summary>
    public int Count => Lease.Messages;

    /// <summary>Bytes of all frames of all messages.</summary>
    public long Bytes => Lease.Bytes;

    private ReceiveLease Lease
    {
        get
        {
            var lease = _lease;
            ObjectDisposedException.ThrowIf(lease is null || lease.Generation != _generation, typeof(ReceivedBatch));
            return lease;
        }
    }

    /// <summary>The messages, in the order in which they were sent.</summary>
    public Enumerator GetEnumerator() => new(Lease, _generation);

    /// <summary>Gives the memory back. Later calls do nothing.</summary>
    public void Dispose() => _lease?.ReleaseAll(_generation);

    /// <summary>Goes through the messages of a batch.</summary>
    public struct Enumerator
    {
        private readonly ReceiveLease _lease;
        private readonly int _generation;
        private int _at;
        private int _left;

        internal Enumerator(ReceiveLease lease, int generation)
        {
            _lease = lease;
            _generation = generation;
            _at = lease.Start;
            _left = lease.Messages;
            Current = default;
        }

        /// <summary>The message of this step.</summary>
        public ReceivedMessage Current { get; private set; }

        /// <summary>The next message; false at the end.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            Current = _lease.Walk(_generation, ReceiveLease.NotAlone, ref _at);
            return true;
        }
    }
}
