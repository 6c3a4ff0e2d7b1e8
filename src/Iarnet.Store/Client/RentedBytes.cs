using System.Buffers;

namespace Iarnet.Store.Client;

/// <summary>An object that came in chunks, in memory of this process.</summary>
internal sealed class RentedBytes(byte[] array) : ILeaseIssuer
{
    public byte[] Array => array;

    public static RentedBytes Rent(int size) => new(size == 0 ? [] : ArrayPool<byte>.Shared.Rent(size));

    public string CodecName(int number) => throw new NotSupportedException("A lease knows its codec by name.");

    public void Return(ulong lease)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
