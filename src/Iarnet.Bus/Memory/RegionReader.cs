namespace Iarnet.Bus.Memory;

/// <summary>Goes through the messages of a region.</summary>
internal ref struct RegionReader(in Region region)
{
    private readonly byte[] _buffer = region.Slab.Buffer;
    private int _at = region.Start;
    private int _left = region.Messages;

    /// <summary>The first frame of the next message, and how many frames it has; false at the end.</summary>
    public bool Next(out ReadOnlyMemory<byte> body, out int frames)
    {
        if (_left == 0)
        {
            body = default;
            frames = 0;
            return false;
        }

        _left--;
        _at = FrameWalker.SkipCommands(_buffer, _at, int.MaxValue);
        _at = FrameWalker.NextMessage(_buffer, _at, out frames, out var start, out var length);
        body = _buffer.AsMemory(start, length);
        return true;
    }
}
