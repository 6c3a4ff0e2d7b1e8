using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Iarnet.Bus.Security;

namespace Iarnet.Bus;

/// <summary>A public key of CURVE: 32 bytes, written as 40 characters of Z85, as every ZeroMQ library writes them. Not secret.</summary>
public readonly struct CurveKey : IEquatable<CurveKey>
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    /// <summary>Characters of a key in Z85.</summary>
    public const int TextSize = 40;

    private readonly Vector256<byte> _bytes;

    /// <summary>Takes a copy of the bytes.</summary>
    /// <exception cref="ArgumentException">They are not 32.</exception>
    public CurveKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A key of CURVE has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = Vector256.Create(bytes);
    }

    /// <summary>Whether the bytes are a number below 2^255 - 19. X25519 takes others for it too, but no key pair has them.</summary>
    internal bool IsCanonical
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            CopyTo(bytes);
            return bytes[^1] < 0x7F || (bytes[^1] == 0x7F && (bytes[0] < 0xED || bytes[1..^1].ContainsAnyExcept((byte)0xFF)));
        }
    }

    /// <summary>Whether two keys have the same bytes.</summary>
    public static bool operator ==(CurveKey left, CurveKey right) => left.Equals(right);

    /// <summary>Whether two keys have different bytes.</summary>
    public static bool operator !=(CurveKey left, CurveKey right) => !left.Equals(right);

    /// <summary>Reads 40 characters of Z85.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    public static CurveKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new FormatException($"A key of CURVE is {TextSize} characters of Z85; these are {text?.Length ?? 0} characters that are none.");

    /// <summary>Reads 40 characters of Z85. False when it is no key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CurveKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var parsed = text?.Length == TextSize && Z85.TryDecode(text, bytes);
        key = parsed ? new CurveKey(bytes) : default;
        return parsed;
    }

    /// <summary>Copies the bytes to the first 32 of the target.</summary>
    public void CopyTo(Span<byte> target) => _bytes.CopyTo(target);

    /// <summary>The bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(CurveKey other) => _bytes == other._bytes;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CurveKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(new ReadOnlySpan<Vector256<byte>>(in _bytes)));
        return hash.ToHashCode();
    }

    /// <summary>The key in Z85, which <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        Span<char> text = stackalloc char[TextSize];
        Z85.Encode(bytes, text);
        return new string(text);
    }
}
