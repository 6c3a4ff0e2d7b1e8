namespace Iarnet.Bus.Memory;

/// <summary>
/// The slab that a loop receives into. All connections of the loop share it, so an idle connection holds no buffer; what nobody
/// kept is overwritten by the next receive, which finds it in the cache.
/// </summary>
internal sealed class SlabWriter
{
    private Slab? _slab;
    private int _position;

    /// <summary>The slab, and from where on at least so many bytes are free.</summary>
    public Slab Take(int room, out int position)
    {
        if (_slab is null || SlabPool.Size - _position < room)
        {
            _slab?.Release();
            _slab = Slab.Usual();
            _position = 0;
        }

        position = _position;
        return _slab;
    }

    /// <summary>Messages up to there were handed out; if somebody kept them, what follows is received behind them.</summary>
    public void Used(Slab slab, int end)
    {
        if (!ReferenceEquals(slab, _slab))
        {
            return;
        }

        // A user of an older message of the same slab counts too: that is safe, and rare enough.
        _position = slab.IsShared ? Math.Min(SlabPool.Size, (end + 63) & ~63) : 0;
    }
}
