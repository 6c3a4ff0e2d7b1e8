using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Iarnet.Store.Transfer;

/// <summary>
/// Header and bytes in one call of the kernel. The framework gathers only managed arrays, and these bytes lie in the store's memory.
/// Linux only; elsewhere there are two calls.
/// </summary>
internal static unsafe partial class GatherSend
{
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>How many bytes the kernel took without waiting; 0 also when it met an error, which the next call of the socket will report.</summary>
    public static int Try(Socket socket, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        using var pinnedFirst = first.Pin();
        using var pinnedSecond = second.Pin();
        var parts = stackalloc Part[2];
        parts[0] = new Part { Start = pinnedFirst.Pointer, Length = (nuint)first.Length };
        parts[1] = new Part { Start = pinnedSecond.Pointer, Length = (nuint)second.Length };
        var message = new Message { Parts = parts, Count = 2 };
        var handle = socket.SafeHandle;
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            return (int)Math.Max(SendMessage((int)handle.DangerousGetHandle(), &message, DontWait | NoSignal), 0);
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    // iovec and msghdr of 64-bit Linux. musl has 32 bits and padding where glibc has 64 for the counts: the same bytes, little-endian.
    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public void* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint Count;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
