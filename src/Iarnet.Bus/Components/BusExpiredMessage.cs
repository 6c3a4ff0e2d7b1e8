namespace Iarnet.Bus;

/// <summary>A message whose time to live ended before it left. It was dropped, and the other end has not seen it.</summary>
/// <param name="Payload">The bytes, which are the sender's again.</param>
/// <param name="Priority">The level it was sent at.</param>
/// <param name="TimeToLive">The time it was given.</param>
/// <param name="Tag">What the sender knows it by: <see cref="BusSendOptions.Tag"/>.</param>
public readonly record struct BusExpiredMessage(ReadOnlyMemory<byte> Payload, BusPriority Priority, TimeSpan TimeToLive, object? Tag);
