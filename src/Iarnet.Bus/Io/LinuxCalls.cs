using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Iarnet.Bus.Io;

/// <summary>System calls that .NET has no form of, or only one that hops to another thread.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxCalls
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int InProgress = 115;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    /// <summary>MSG_DONTWAIT and MSG_NOSIGNAL: no call of the loop may block, whatever the mode of the socket.</summary>
    public const int DontWait = 0x40 | 0x4000;

    private const string C = "libc";
    private const int CloseOnExec = 0x80000;
    private const int EventNonBlocking = 0x800;

    /// <summary>Bytes of <c>struct epoll_event</c>: packed on x86, naturally aligned elsewhere.</summary>
    public static int EventSize { get; } = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;

    /// <summary>Where its data begins.</summary>
    public static int EventData { get; } = EventSize - 8;

    public static int CreateEpoll() => Check(EpollCreate(CloseOnExec), "epoll_create1");

    public static int CreateEvent() => Check(EventFd(0, CloseOnExec | EventNonBlocking), "eventfd");

    public static void Control(int epoll, int operation, int descriptor, EpollEvents events, ulong data)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = (uint)events;
        *(ulong*)(entry + EventData) = data;
        Check(EpollControl(epoll, operation, descriptor, entry), "epoll_ctl");
    }

    [LibraryImport(C, EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Wait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport(C, EntryPoint = "sched_yield")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Yield();

    [LibraryImport(C, EntryPoint = "recv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(C, EntryPoint = "send", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Send(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(C, EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport(C, EntryPoint = "connect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Write(int descriptor, ulong* value, nint length);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Read(int descriptor, ulong* value, nint length);

    /// <summary>The text of an error number.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport(C, EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport(C, EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call} failed: {Describe(Marshal.GetLastPInvokeError())}");

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vector
    {
        public byte* Base;
        public nint Length;
    }

    /// <summary><c>struct msghdr</c>; musl has the same layout on little-endian machines.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nint VectorCount;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
    }
}
