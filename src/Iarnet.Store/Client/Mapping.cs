using Iarnet.Store.Memory;

namespace Iarnet.Store.Client;

/// <summary>A segment of the store as this process sees it. Guarded by the cache it belongs to.</summary>
internal sealed class Mapping(string path, bool writable, MappedView view)
{
    public (string Path, bool Writable) Key { get; } = (path, writable);

    public int Length => view.Length;

    public Memory<byte> Memory => view.Memory;

    public int Uses { get; set; }

    public void Close() => ((IDisposable)view).Dispose();
}
