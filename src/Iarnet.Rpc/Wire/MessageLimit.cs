namespace Iarnet.Rpc;

/// <summary>The one place where the size of a message is refused.</summary>
internal static class MessageLimit
{
    public static void Check(long size, int limit, string done)
    {
        if (size > limit)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"A message of {size} bytes cannot be {done}: the limit is {limit} bytes. Raise the limit on this side, or send less."));
        }
    }
}
