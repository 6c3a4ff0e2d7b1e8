using System.Security.Cryptography;
using System.Text;

namespace Iarnet.Store.Transfer;

/// <summary>The shared secret of servers and fetchers.</summary>
internal static class Token
{
    public static byte[] Bytes(string? token) => Encoding.UTF8.GetBytes(token ?? "");

    public static void Check(string? token)
    {
        if (Encoding.UTF8.GetByteCount(token ?? "") > TransferLimits.TokenBytes)
        {
            throw new ArgumentException($"The token has more than {TransferLimits.TokenBytes} bytes.", nameof(token));
        }
    }

    /// <summary>Takes as long for any two texts: of hashes, so that not even the length shows.</summary>
    public static bool IsSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        Span<byte> first = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> second = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(one, first);
        SHA256.HashData(other, second);
        return CryptographicOperations.FixedTimeEquals(first, second);
    }
}
