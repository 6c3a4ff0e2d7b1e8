namespace Iarnet.Bus.Connections;

/// <summary>How much a peer may deliver before its connection is not read any more: until either is used up.</summary>
internal readonly record struct Allowance(int Messages, long Bytes)
{
    public static Allowance Unlimited { get; } = new(int.MaxValue, long.MaxValue);

    public bool IsUsedUp => Messages <= 0 || Bytes <= 0;
}
