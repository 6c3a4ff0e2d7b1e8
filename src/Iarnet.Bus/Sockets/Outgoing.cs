using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

/// <summary>What is to be sent, in one of its three shapes.</summary>
internal readonly ref struct Outgoing
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly ReadOnlySpan<ReadOnlyMemory<byte>> _frames;
    private readonly SendBatch? _batch;

    public Outgoing(ReadOnlySpan<byte> body) => _body = body;

    public Outgoing(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        // One that has no frames is told from a body by them being none: the check refuses it first.
        _frames = frames;
    }

    public Outgoing(SendBatch batch) => _batch = batch;

    public SendOutcome AppendTo(SendQueue queue) =>
        _batch is not null ? queue.TryAppend(_batch)
        : _frames.IsEmpty ? queue.TryAppend(_body)
        : queue.TryAppend(_frames);
}
