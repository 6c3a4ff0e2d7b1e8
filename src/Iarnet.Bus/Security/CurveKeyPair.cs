using System.Security.Cryptography;
using Iarnet.Bus.Security;

namespace Iarnet.Bus;

/// <summary>
/// A pair of keys of CURVE: the long-term identity of a client or a server. The secret key is kept in memory that the garbage
/// collector does not move, and is overwritten on <see cref="Dispose"/>: keep the pair as long as the sockets that use it.
/// Thread-safe, except for disposing.
/// </summary>
public sealed class CurveKeyPair : IDisposable
{
    private readonly byte[] _secret = GC.AllocateUninitializedArray<byte>(Sodium.KeySize, pinned: true);
    private bool _disposed;

    private CurveKeyPair() => Sodium.Require();

    /// <summary>The public key, to be told to the peers.</summary>
    public CurveKey PublicKey { get; private set; }

    /// <summary>Makes a new pair from the system's randomness.</summary>
    /// <exception cref="CurveUnavailableException">libsodium is not installed.</exception>
    public static CurveKeyPair Generate()
    {
        var pair = new CurveKeyPair();
        RandomNumberGenerator.Fill(pair._secret);
        pair.Derive();
        return pair;
    }

    /// <summary>Takes a copy of a secret key and works the public one out.</summary>
    /// <exception cref="ArgumentException">It has not 32 bytes.</exception>
    /// <exception cref="CurveUnavailableException">libsodium is not installed.</exception>
    public static CurveKeyPair FromSecretKey(ReadOnlySpan<byte> secretKey)
    {
        if (secretKey.Length != Sodium.KeySize)
        {
            throw new ArgumentException($"A secret key of CURVE has {Sodium.KeySize} bytes, not {secretKey.Length}.", nameof(secretKey));
        }

        var pair = new CurveKeyPair();
        secretKey.CopyTo(pair._secret);
        pair.Derive();
        return pair;
    }

    /// <summary>Reads a secret key in Z85, 40 characters, and works the public one out.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    /// <exception cref="CurveUnavailableException">libsodium is not installed.</exception>
    public static CurveKeyPair FromSecretKey(string secretKey)
    {
        Span<byte> secret = stackalloc byte[Sodium.KeySize];
        try
        {
            // The text is not repeated in the error: a mistyped secret is still almost the secret.
            return Z85.TryDecode(secretKey, secret)
                ? FromSecretKey(secret)
                : throw new FormatException($"A secret key of CURVE is {CurveKey.TextSize} characters of Z85; these are {secretKey?.Length ?? 0} characters that are none.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Reads both keys in Z85, as <c>zmq_curve_keypair</c> prints them.</summary>
    /// <exception cref="FormatException">One of them is no key.</exception>
    /// <exception cref="ArgumentException">They do not belong together.</exception>
    /// <exception cref="CurveUnavailableException">libsodium is not installed.</exception>
    public static CurveKeyPair FromZ85(string publicKey, string secretKey)
    {
        var expected = CurveKey.Parse(publicKey);
        var pair = FromSecretKey(secretKey);
        if (pair.PublicKey == expected)
        {
            return pair;
        }

        var actual = pair.PublicKey;
        pair.Dispose();
        throw new ArgumentException($"The public key {expected} does not belong to the secret key, whose public key is {actual}. Were two pairs mixed up?", nameof(publicKey));
    }

    /// <summary>The secret key in Z85, for <see cref="FromSecretKey(string)"/>. Keep it where only this program can read it.</summary>
    /// <exception cref="ObjectDisposedException">The pair is disposed.</exception>
    public string ExportSecretKey()
    {
        Span<char> text = stackalloc char[CurveKey.TextSize];
        Z85.Encode(Secret(), text);
        return new string(text);
    }

    /// <summary>The public key in Z85. The secret one is shown by <see cref="ExportSecretKey"/> only.</summary>
    public override string ToString() => PublicKey.ToString();

    /// <summary>Overwrites the secret key.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    internal ReadOnlySpan<byte> Secret()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _secret;
    }

    private void Derive()
    {
        Span<byte> key = stackalloc byte[Sodium.KeySize];
        Sodium.PublicKey(_secret, key);
        PublicKey = new CurveKey(key);
    }
}
