using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Memory;

/// <summary>The names of <c>inproc</c>, which hold in the whole process.</summary>
internal sealed class InProcessTransport : MemoryNetwork
{
    private InProcessTransport()
        : base(static () => IoLoops.Default.Next())
    {
    }

    public static InProcessTransport Instance { get; } = new();
}
