using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Iarnet.Store.Transfer;

/// <summary>
/// Header and bytes in one call of the kernel, both ways. The framework gathers and scatters only managed arrays, and these bytes lie in the
/// store's memory. Linux only; elsewhere there are two calls.
/// </summary>
internal static unsafe partial class VectorCalls
{
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int SocketLevel = 1;
    private const int ReceiveLowWater = 18;

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>How many bytes the kernel took without waiting; 0 also when it met an error, which the next call of the socket will report.</summary>
    public static int Send(Socket socket, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) => (int)Math.Max(Call(socket, first, second, send: true), 0);

    /// <summary>How many bytes were there; 0 when the peer has closed, less when nothing was there or there was an error, which the next call of the socket will report.</summary>
    public static int Receive(Socket socket, Memory<byte> first, Memory<byte> second) => (int)Call(socket, first, second, send: false);

    /// <summary>From now on the socket counts as readable only when so many bytes are there: a transfer is not woken for each packet.</summary>
    public static void SetLowWater(Socket socket, int bytes) => socket.SetRawSocketOption(SocketLevel, ReceiveLowWater, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in bytes)));

    private static nint Call(Socket socket, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, bool send)
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
            var descriptor = (int)handle.DangerousGetHandle();
            return send ? SendMessage(descriptor, &message, DontWait | NoSignal) : ReceiveMessage(descriptor, &message, DontWait);
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
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReceiveMessage(int socket, Message* message, int flags);

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
