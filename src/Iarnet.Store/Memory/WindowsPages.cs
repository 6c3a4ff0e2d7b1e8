using System.Runtime.InteropServices;

namespace Iarnet.Store.Memory;

/// <summary>Memory of this process on Windows: reserved as a whole, committed range by range.</summary>
internal sealed unsafe class WindowsPages : Pages
{
    // MEM_COMMIT, MEM_RESERVE, MEM_DECOMMIT, MEM_RELEASE, PAGE_READWRITE of memoryapi.h
    private const uint CommitType = 0x1000;
    private const uint ReserveType = 0x2000;
    private const uint DecommitType = 0x4000;
    private const uint ReleaseType = 0x8000;
    private const uint ReadWrite = 4;

    private WindowsPages(byte* address, long length)
        : base(address, length)
    {
    }

    public static WindowsPages Reserve(long length)
    {
        var address = Native.VirtualAllocate(null, (nuint)length, ReserveType, ReadWrite);
        return address is null
            ? throw new IarnetException($"{length} bytes of addresses could not be reserved: error {Marshal.GetLastPInvokeError()} of VirtualAlloc. Lower the memory limit.")
            : new WindowsPages((byte*)address, length);
    }

    public override bool TryCommit(long offset, long length) => Native.VirtualAllocate(Address + offset, (nuint)length, CommitType, ReadWrite) is not null;

    public override void Decommit(long offset, long length) => _ = Native.VirtualRelease(Address + offset, (nuint)length, DecommitType);

    protected override void Unmap() => _ = Native.VirtualRelease(Address, 0, ReleaseType);
}
