namespace Iarnet.Bus.Components;

/// <summary>The bounds of one direction of the bus to one peer.</summary>
/// <param name="Messages">Most messages kept.</param>
/// <param name="Bytes">Most bytes kept.</param>
/// <param name="MessageBytes">The largest payload.</param>
internal sealed record FlowLimits(int Messages, long Bytes, int MessageBytes);
