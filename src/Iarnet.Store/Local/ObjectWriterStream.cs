namespace Iarnet.Store;

/// <summary>An object that is being written, as a stream.</summary>
internal sealed class ObjectWriterStream(ObjectWriter writer) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => writer.Written;

    public override long Position
    {
        get => writer.Written;
        set => throw new NotSupportedException("An object is written from its beginning to its end.");
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An object cannot be read before it is sealed.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("An object is written from its beginning to its end.");

    public override void SetLength(long value) => throw new NotSupportedException("An object has the length of what was written.");

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var room = writer.GetSpan(Math.Min(buffer.Length, 1 << 20));
            var count = Math.Min(room.Length, buffer.Length);
            buffer[..count].CopyTo(room);
            writer.Advance(count);
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => writer.WriteAsync(buffer, cancellationToken);
}
