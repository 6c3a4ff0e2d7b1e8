using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Iarnet.Bus.Security;

/// <summary>
/// crypto_box for the messages of one direction of a connection. A nonce of CURVE is 16 bytes that never change and a number of 8:
/// the first half of XSalsa20 (HSalsa20 of key and those 16 bytes) is done once here and not for each message, and one pass of
/// Salsa20 gives the key of Poly1305 and the text together, where crypto_box_easy_afternm needs two. The bytes are the same; the
/// time of a message of 1 KiB is half.
/// </summary>
internal sealed class MessageBox(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> sharedKey)
{
    /// <summary>
    /// Bytes before the ciphertext of a box with its 16 bytes of Poly1305 and what stands before that in a MESSAGE. As many are at
    /// the beginning of the stream the key of Poly1305, so ciphertext and stream are in step when the pass begins with the command.
    /// </summary>
    public const int Head = Sodium.KeySize;

    // Up to here a text is opened beside its target and copied, which costs less than a second pass.
    private const int Small = Mechanism.OpenedBeside;

    private readonly byte[] _key = StreamKey(prefix, sharedKey);
    private bool _forgotten;

    /// <summary>Seals the text that stands in the target after <see cref="Head"/> bytes, in place. The first 16 of those are untold after it, the other 16 hold the authenticator.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, Span<byte> target)
    {
        target[..Head].Clear();
        Sodium.Mix(target, nonce, 0, _key, target);
        Span<byte> once = stackalloc byte[Sodium.KeySize];
        target[..Head].CopyTo(once);
        Sodium.Authenticate(target[Head..], once, target[(Head - Sodium.MacSize)..]);
        CryptographicOperations.ZeroMemory(once);
        if (Forgotten())
        {
            target.Clear();
            throw new ObjectDisposedException(nameof(MessageBox));
        }
    }

    /// <summary>
    /// Opens a box whose authenticator stands in the last 16 of <see cref="Head"/> bytes before the ciphertext: the first byte of the
    /// text, and the others in the target. False, and nothing written, when it was not sealed with this key and nonce.
    /// </summary>
    [SkipLocalsInit]
    public bool TryOpen(ReadOnlySpan<byte> source, ReadOnlySpan<byte> nonce, Span<byte> target, out byte first)
    {
        var whole = source.Length <= Small;
        Span<byte> start = stackalloc byte[Small];
        start = start[..(whole ? source.Length : Sodium.StreamBlock)];
        Sodium.Mix(source[..start.Length], nonce, 0, _key, start);

        // What stands before the ciphertext went through the pass as well: mixed with itself again, the stream is left.
        Span<byte> once = stackalloc byte[Sodium.KeySize];
        (Vector256.Create<byte>(start) ^ Vector256.Create(source)).CopyTo(once);

        Span<byte> mac = stackalloc byte[Sodium.MacSize];
        Sodium.Authenticate(source[Head..], once, mac);
        var genuine = CryptographicOperations.FixedTimeEquals(mac, source.Slice(Head - Sodium.MacSize, Sodium.MacSize)) && !Forgotten();
        first = 0;
        if (genuine)
        {
            first = start[Head];
            start[(Head + 1)..].CopyTo(target);
            if (!whole)
            {
                Sodium.Mix(source[Sodium.StreamBlock..], nonce, 1, _key, target[(Sodium.StreamBlock - Head - 1)..]);
            }
        }

        CryptographicOperations.ZeroMemory(once);
        return genuine;
    }

    /// <summary>Overwrites the key. What another thread seals or opens meanwhile is thrown away.</summary>
    public void Forget()
    {
        Volatile.Write(ref _forgotten, true);
        Interlocked.MemoryBarrier();
        CryptographicOperations.ZeroMemory(_key);
    }

    // Without this a message could go out under a key of zeros, when a connection ends while it is sealed.
    private bool Forgotten()
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _forgotten);
    }

    private static byte[] StreamKey(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> sharedKey)
    {
        var key = GC.AllocateUninitializedArray<byte>(Sodium.KeySize, pinned: true);
        Sodium.StreamKey(prefix, sharedKey, key);
        return key;
    }
}
