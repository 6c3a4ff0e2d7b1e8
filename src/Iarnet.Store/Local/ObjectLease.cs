using System.Runtime.InteropServices;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// The right to read an object's bytes. They do not change and do not move until <see cref="Dispose"/>; memory taken from a lease must not be
/// touched afterwards, because it may hold another object by then. Disposing is thread-safe and may be done twice.
/// </summary>
public sealed class ObjectLease : IDisposable
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ulong _lease;
    private ILeaseIssuer? _issuer;

    internal ObjectLease(
        in ObjectRef reference, string codec, IReadOnlyDictionary<string, string>? metadata, ReadOnlyMemory<byte> memory, ILeaseIssuer issuer, ulong lease)
    {
        Reference = reference;
        Codec = codec;
        Metadata = metadata;
        _memory = memory;
        _issuer = issuer;
        _lease = lease;
    }

    /// <summary>Which object.</summary>
    public ObjectRef Reference { get; }

    /// <summary>The name of the codec that made the bytes.</summary>
    public string Codec { get; }

    /// <summary>The words that were put with the object; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; }

    /// <summary>What its issuer knows it by.</summary>
    internal ulong Number => _lease;

    /// <summary>The size in bytes.</summary>
    public int Size => _memory.Length;

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_issuer is null, this);
            return _memory;
        }
    }

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>The numbers of an array where they lie, without a copy.</summary>
    /// <typeparam name="T">The elements' type, as the codec names it: <c>array.int32</c> is <see cref="int"/>.</typeparam>
    /// <exception cref="CodecException">The object is no array of this type.</exception>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public ReadOnlySpan<T> Elements<T>()
        where T : unmanaged
    {
        var expected = CodecRegistry.Default.For(typeof(T[])).Name;
        return Codec == expected
            ? MemoryMarshal.Cast<byte, T>(Span)
            : throw new CodecException($"The object {Reference} has the codec '{Codec}' and not '{expected}': it is no array of {typeof(T).Name}.");
    }

    /// <summary>A part of it, which has the lease from now on.</summary>
    internal ObjectLease Slice(int start, int length)
    {
        var part = Memory.Slice(start, length);
        var issuer = Interlocked.Exchange(ref _issuer, null);
        ObjectDisposedException.ThrowIf(issuer is null, this);
        return new ObjectLease(Reference, Codec, Metadata, part, issuer, _lease);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _issuer, null)?.Return(_lease);
}
