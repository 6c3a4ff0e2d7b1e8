using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

/// <summary>Messages of several frames as they go on the wire.</summary>
internal static class FrameEncoder
{
    public static long Size(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        long size = 0;
        foreach (var frame in frames)
        {
            size += ZmtpFrames.HeaderSize(frame.Length) + frame.Length;
        }

        return size;
    }

    public static void Write(ReadOnlySpan<ReadOnlyMemory<byte>> frames, Span<byte> target)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = frames[i].Span;
            var header = ZmtpFrames.WriteHeader(target, i == frames.Length - 1 ? (byte)0 : ZmtpFrames.More, frame.Length);
            frame.CopyTo(target[header..]);
            target = target[(header + frame.Length)..];
        }
    }
}
