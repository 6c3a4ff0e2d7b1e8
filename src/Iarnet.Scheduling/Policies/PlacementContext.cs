namespace Iarnet.Scheduling;

/// <summary>What a policy may know besides the candidates.</summary>
/// <param name="Request">What is to be placed.</param>
/// <param name="Random">Where ties are broken, so that several domains with equal providers do not all choose the same one.</param>
public sealed record PlacementContext(ComponentRequest Request, SeededRandom Random);
