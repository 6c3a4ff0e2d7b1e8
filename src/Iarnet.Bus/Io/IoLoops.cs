namespace Iarnet.Bus.Io;

/// <summary>The loops of the process, made when they are first needed; an idle one costs a sleeping thread.</summary>
internal sealed class IoLoops
{
    /// <summary>A loop does some hundred thousand messages a second of work for its connections; the other cores are for the application.</summary>
    private const int CoresPerLoop = 4;

    private const int MostLoops = 4;

    private readonly IoLoop[] _loops;
    private int _next;

    private IoLoops(Func<int, IoLoop> create)
    {
        _loops = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount / CoresPerLoop, 1, MostLoops)).Select(create)];
    }

    /// <summary>Loops that wait for the kernel themselves.</summary>
    public static IoLoops Epoll => EpollLoops.Instance;

    /// <summary>Loops on the thread pool.</summary>
    public static IoLoops Pool => PoolLoops.Instance;

    /// <summary>The loops of this platform.</summary>
    public static IoLoops Default => OperatingSystem.IsLinux() ? Epoll : Pool;

    /// <summary>The loop of the next connection: each in turn.</summary>
    public IoLoop Next() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    private static class EpollLoops
    {
        public static readonly IoLoops Instance = new(static number =>
            OperatingSystem.IsLinux() ? EpollLoop.Start(number) : throw new PlatformNotSupportedException("epoll is a facility of Linux."));
    }

    private static class PoolLoops
    {
        public static readonly IoLoops Instance = new(static _ => new SerialLoop());
    }
}
