namespace Iarnet.Store;

/// <summary>
/// An object's bytes on the stack, for code that reads and is done: what a lease is without its cost. Dispose it once, where it was made, before
/// the method returns; its span must not be touched afterwards.
/// </summary>
public ref struct ObjectView : IDisposable
{
    private readonly ReadOnlySpan<byte> _span;
    private readonly int _codec;
    private readonly ulong _lease;
    private ILeaseIssuer? _issuer;

    internal ObjectView(ReadOnlySpan<byte> span, int codec, ILeaseIssuer issuer, ulong lease)
    {
        _span = span;
        _codec = codec;
        _issuer = issuer;
        _lease = lease;
    }

    /// <summary>The bytes.</summary>
    public readonly ReadOnlySpan<byte> Span => _span;

    /// <summary>The name of the codec that made the bytes.</summary>
    public readonly string Codec => _issuer?.CodecName(_codec) ?? "";

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        var issuer = _issuer;
        _issuer = null;
        issuer?.Return(_lease);
    }
}
