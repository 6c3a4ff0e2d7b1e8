using System.Text;
using Iarnet.Bus.Sockets;

namespace Iarnet.Bus;

/// <summary>
/// The name of a peer: 1 to 255 bytes, the first of which is zero only in names that a ROUTER made up. Equal by content. The one
/// that a socket hands out with messages and events is the same object as long as the peer is connected: keep it and send with it.
/// </summary>
public sealed class PeerIdentity : IEquatable<PeerIdentity>
{
    private readonly byte[] _bytes;
    private readonly int _hash;

    /// <summary>Takes a copy of the bytes.</summary>
    /// <exception cref="ArgumentException">There are none, or more than 255.</exception>
    public PeerIdentity(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length > Wire.ZmtpMetadata.MaxIdentity)
        {
            throw new ArgumentException($"An identity has 1 to {Wire.ZmtpMetadata.MaxIdentity} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = bytes.ToArray();
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        _hash = hash.ToHashCode();
    }

    /// <summary>The identity that a text is in UTF-8.</summary>
    public PeerIdentity(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The peer that a socket made this handle for, so that sending with it needs no look-up.</summary>
    internal SocketPeer? Route { get; set; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <inheritdoc/>
    public bool Equals(PeerIdentity? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _bytes.AsSpan().SequenceEqual(other._bytes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PeerIdentity);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The text when it is printable, hexadecimal digits otherwise.</summary>
    public override string ToString() =>
        _bytes.AsSpan().IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0 ? Encoding.ASCII.GetString(_bytes) : Convert.ToHexStringLower(_bytes);
}
