using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Iarnet.Bus.Security;

/// <summary>
/// The functions of libsodium that CURVE needs, found when the first key is touched: a program without CURVE needs no libsodium.
/// They are called through pointers because the name of the library differs from system to system.
/// </summary>
internal static unsafe class Sodium
{
    public const int KeySize = 32;
    public const int NonceSize = 24;
    public const int MacSize = 16;
    public const int StreamNonceSize = 8;
    public const int StreamBlock = 64;

    private static readonly string[] Names =
        ["libsodium.so.23", "libsodium.so.26", "libsodium.so", "libsodium", "libsodium.dylib", "libsodium.dll"];

    private static readonly Library Loaded = Load(Names);

    // Copies in fields of their own: the compiler of the running program makes constants of them.
    private static readonly delegate* unmanaged<byte*, byte*, int> ScalarMultiplyBasePointer =
        (delegate* unmanaged<byte*, byte*, int>)Loaded.Find("crypto_scalarmult_base");

    private static readonly delegate* unmanaged<byte*, byte*, byte*, int> BeforePointer =
        (delegate* unmanaged<byte*, byte*, byte*, int>)Loaded.Find("crypto_box_beforenm");

    private static readonly delegate* unmanaged<byte*, byte*, ulong, byte*, byte*, int> SealPointer =
        (delegate* unmanaged<byte*, byte*, ulong, byte*, byte*, int>)Loaded.Find("crypto_box_easy_afternm");

    private static readonly delegate* unmanaged<byte*, byte*, ulong, byte*, byte*, int> OpenPointer =
        (delegate* unmanaged<byte*, byte*, ulong, byte*, byte*, int>)Loaded.Find("crypto_box_open_easy_afternm");

    private static readonly delegate* unmanaged<byte*, byte*, byte*, byte*, int> HSalsaPointer =
        (delegate* unmanaged<byte*, byte*, byte*, byte*, int>)Loaded.Find("crypto_core_hsalsa20");

    private static readonly delegate* unmanaged<byte*, byte*, ulong, byte*, ulong, byte*, int> StreamPointer =
        (delegate* unmanaged<byte*, byte*, ulong, byte*, ulong, byte*, int>)Loaded.Find("crypto_stream_salsa20_xor_ic");

    private static readonly delegate* unmanaged<byte*, byte*, ulong, byte*, int> AuthenticatePointer =
        (delegate* unmanaged<byte*, byte*, ulong, byte*, int>)Loaded.Find("crypto_onetimeauth_poly1305");

    /// <summary>Does nothing when libsodium is there and works.</summary>
    /// <exception cref="CurveUnavailableException">It is not.</exception>
    public static void Require()
    {
        if (Loaded.Problem is { } problem)
        {
            throw new CurveUnavailableException(problem);
        }
    }

    /// <summary>The public key of a secret one.</summary>
    public static void PublicKey(ReadOnlySpan<byte> secret, Span<byte> target)
    {
        Check(secret.Length == KeySize && target.Length >= KeySize);
        fixed (byte* t = target, s = secret)
        {
            _ = ScalarMultiplyBasePointer(t, s);
        }
    }

    /// <summary>The key that two pairs share. False when the public key is one of the few that make every shared key the same.</summary>
    public static bool TrySharedKey(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secret, Span<byte> target)
    {
        Check(publicKey.Length == KeySize && secret.Length == KeySize && target.Length >= KeySize);
        fixed (byte* t = target, p = publicKey, s = secret)
        {
            return BeforePointer(t, p, s) == 0;
        }
    }

    /// <summary>Makes a box: the target is 16 bytes longer than the text, and may hold the text at its byte 16.</summary>
    public static void Seal(ReadOnlySpan<byte> text, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, Span<byte> target)
    {
        Check(target.Length >= text.Length + MacSize && nonce.Length == NonceSize && key.Length == KeySize);
        fixed (byte* t = target, m = text, n = nonce, k = key)
        {
            _ = SealPointer(t, m, (ulong)text.Length, n, k);
        }
    }

    /// <summary>Opens a box: the target is 16 bytes shorter. False when the box was not made with this key and nonce.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> box, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, Span<byte> target)
    {
        Check(box.Length >= MacSize && target.Length >= box.Length - MacSize && nonce.Length == NonceSize && key.Length == KeySize);
        fixed (byte* t = target, c = box, n = nonce, k = key)
        {
            return OpenPointer(t, c, (ulong)box.Length, n, k) == 0;
        }
    }

    /// <summary>The key of a Salsa20 stream from the first 16 bytes of a nonce of XSalsa20: those are the same for all messages of one direction.</summary>
    public static void StreamKey(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key, Span<byte> target)
    {
        Check(prefix.Length == NonceSize - StreamNonceSize && key.Length == KeySize && target.Length >= KeySize);
        fixed (byte* t = target, p = prefix, k = key)
        {
            _ = HSalsaPointer(t, p, k, null);
        }
    }

    /// <summary>Mixes a source with the Salsa20 stream from a block of 64 bytes on. The target may be the source.</summary>
    public static void Mix(ReadOnlySpan<byte> source, ReadOnlySpan<byte> nonce, ulong block, ReadOnlySpan<byte> streamKey, Span<byte> target)
    {
        Check(target.Length >= source.Length && nonce.Length == StreamNonceSize && streamKey.Length == KeySize);
        LeaveVectors(streamKey);
        fixed (byte* t = target, s = source, n = nonce, k = streamKey)
        {
            _ = StreamPointer(t, s, (ulong)source.Length, n, block, k);
        }
    }

    /// <summary>Poly1305 of a text under a key that is used once.</summary>
    public static void Authenticate(ReadOnlySpan<byte> text, ReadOnlySpan<byte> onceKey, Span<byte> target)
    {
        Check(onceKey.Length == KeySize && target.Length >= MacSize);
        LeaveVectors(onceKey);
        fixed (byte* t = target, m = text, k = onceKey)
        {
            _ = AuthenticatePointer(t, m, (ulong)text.Length, k);
        }
    }

    // libsodium's Poly1305 is SSE code: it takes 2.5 times as long while the upper halves of the vector registers are in use, as the
    // runtime's own copying leaves them, and the runtime does not clean them before native calls without floating-point arguments.
    // It does at the end of a method that works on 256 bits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool LeaveVectors(ReadOnlySpan<byte> anything) =>
        Vector256.IsHardwareAccelerated && Vector256.Create(anything) == Vector256<byte>.Zero;

    // What goes over to native code is checked here once more, whatever the callers believe.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Check(bool fits)
    {
        if (!fits)
        {
            throw new ArgumentException("A buffer does not have the size that libsodium expects.");
        }
    }

    /// <summary>What is wrong with the library that has the first of some names, or null.</summary>
    internal static string? Examine(params string[] names) => Load(names).Problem;

    private static Library Load(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(Sodium).Assembly, DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory, out var handle))
            {
                return Library.Start(handle, name);
            }
        }

        return new Library(0, "CURVE needs libsodium, which was not found. Install it: the package libsodium23 on Debian and Ubuntu, libsodium elsewhere.");
    }

    private sealed class Library(nint handle, string? problem)
    {
        public string? Problem { get; private set; } = problem;

        public static Library Start(nint handle, string name)
        {
            var library = new Library(handle, null);
            var start = (delegate* unmanaged<int>)library.Find("sodium_init");
            if (library.Problem is null && start() < 0)
            {
                library.Problem = $"{name} was found but does not start: it has no source of randomness.";
            }

            return library;
        }

        public nint Find(string function)
        {
            if (handle == 0)
            {
                return 0;
            }

            if (NativeLibrary.TryGetExport(handle, function, out var address))
            {
                return address;
            }

            Problem ??= $"The libsodium that was found has no {function}. Install a newer one: the package libsodium23 on Debian and Ubuntu, libsodium elsewhere.";
            return 0;
        }
    }
}
