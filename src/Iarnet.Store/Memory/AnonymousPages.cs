using System.Runtime.InteropServices;

namespace Iarnet.Store.Memory;

/// <summary>Memory of this process on Unix: the system gives a page when it is first touched.</summary>
internal sealed unsafe class AnonymousPages : Pages
{
    private AnonymousPages(byte* address, long length)
        : base(address, length)
    {
    }

    public static AnonymousPages Reserve(long length)
    {
        var address = Native.Map(null, (nuint)length, Native.ProtectReadWrite, Native.MapPrivate | Native.MapAnonymousUnreserved, -1, 0);
        return address == Native.MapFailed
            ? throw new IarnetException($"{length} bytes of addresses could not be reserved: error {Marshal.GetLastPInvokeError()} of mmap. Lower the memory limit.")
            : new AnonymousPages((byte*)address, length);
    }

    public override bool TryCommit(long offset, long length) => true;

    public override void Decommit(long offset, long length) => _ = Native.Advise(Address + offset, (nuint)length, Native.AdviceDrop);

    protected override void Unmap() => _ = Native.Unmap(Address, (nuint)Length);
}
