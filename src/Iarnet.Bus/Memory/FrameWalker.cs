using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Memory;

/// <summary>Finds the messages and frames of a region again. The region was checked when it was received: nothing is checked twice.</summary>
internal static class FrameWalker
{
    /// <summary>Where the first frame of the next message begins: commands are skipped.</summary>
    public static int SkipCommands(byte[] buffer, int at, int end)
    {
        while (at < end && (buffer[at] & ZmtpFrames.Command) != 0)
        {
            at = Next(buffer, at, out _, out _);
        }

        return at;
    }

    /// <summary>Where the frame at a place ends, and its body is.</summary>
    public static int Next(byte[] buffer, int at, out int body, out int length)
    {
        if ((buffer[at] & ZmtpFrames.Long) == 0)
        {
            body = at + ZmtpFrames.ShortHeader;
            length = buffer[at + 1];
            return body + length;
        }

        body = at + ZmtpFrames.LongHeader;
        length = (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(buffer.AsSpan(at + 1));
        return body + length;
    }

    /// <summary>Where the message at a place ends, how many frames it has and where the body of the first is.</summary>
    public static int NextMessage(byte[] buffer, int at, out int frames, out int body, out int length)
    {
        var end = Next(buffer, at, out body, out length);
        frames = 1;
        if ((buffer[at] & ZmtpFrames.More) == 0)
        {
            return end;
        }

        while (true)
        {
            at = SkipCommands(buffer, end, int.MaxValue);
            end = Next(buffer, at, out _, out _);
            frames++;
            if ((buffer[at] & ZmtpFrames.More) == 0)
            {
                return end;
            }
        }
    }
}
