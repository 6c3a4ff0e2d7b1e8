namespace Iarnet.Store.Link;

/// <summary>Codes of error frames, and what they are as exceptions.</summary>
internal static class LinkError
{
    private const ushort NotFound = 1;
    private const ushort Full = 2;
    private const ushort TooLarge = 3;
    private const ushort OwnerReleased = 4;
    private const ushort Invalid = 5;
    private const ushort Closing = 6;
    private const ushort Unavailable = 7;
    private const ushort Damaged = 8;
    private const ushort Quota = 9;
    private const ushort Internal = 10;

    public static ushort CodeOf(Exception error) => error switch
    {
        ObjectNotFoundException => NotFound,
        StoreFullException => Full,
        QuotaExceededException => Quota,
        MessageTooLargeException => TooLarge,
        OwnerReleasedException => OwnerReleased,
        ArgumentException or LinkProtocolException => Invalid,
        ObjectDisposedException => Closing,
        StoreUnavailableException => Unavailable,
        ObjectDamagedException => Damaged,
        _ => Internal,
    };

    public static IarnetException ToException(ushort code, string text) => code switch
    {
        NotFound => new ObjectNotFoundException(text),
        Full => new StoreFullException(text),
        Quota => new QuotaExceededException(text),
        TooLarge => new MessageTooLargeException(text),
        Closing or Unavailable => new StoreUnavailableException(text),
        Damaged => new ObjectDamagedException(text),
        _ => new IarnetException(text),
    };
}
