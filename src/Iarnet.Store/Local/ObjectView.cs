using System.Runtime.CompilerServices;

namespace Iarnet.Store;

/// <summary>
/// An object's bytes on the stack, for code that reads and is done: what a lease is without its cost. Dispose it once, where it was made, before
/// the method returns; its span must not be touched afterwards.
/// </summary>
public ref struct ObjectView : IDisposable
{
    private readonly ReadOnlySpan<byte> _span;
    private readonly unsafe nuint* _slot;
    private readonly ILeaseIssuer? _issuer;
    private readonly ulong _lease;
    private readonly int _codec;
    private bool _isOpen;

    // A view that is named in a slot of this thread: what this method does is done for every small object that is read.
    internal unsafe ObjectView(ReadOnlySpan<byte> span, int codec, ObjectStore store, nuint* slot)
    {
        _span = span;
        _codec = codec;
        _issuer = store;
        _slot = slot;
        _isOpen = true;
    }

    internal ObjectView(ReadOnlySpan<byte> span, int codec, ILeaseIssuer issuer, ulong lease)
    {
        _span = span;
        _codec = codec;
        _issuer = issuer;
        _lease = lease;
        _isOpen = true;
    }

    /// <summary>The bytes.</summary>
    public readonly ReadOnlySpan<byte> Span => _span;

    /// <summary>The name of the codec that made the bytes.</summary>
    public readonly string Codec => _issuer?.CodecName(_codec) ?? "";

    /// <summary>Gives the memory back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Dispose()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        if (_slot is not null)
        {
            ObjectStore.EndView(_slot, _issuer!);
        }
        else
        {
            _issuer!.Return(_lease);
        }
    }
}
