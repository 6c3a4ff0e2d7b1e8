namespace Iarnet.Providers;

/// <summary>A line that a component wrote.</summary>
/// <param name="Id">The component.</param>
/// <param name="IsError">Whether it came from standard error.</param>
/// <param name="Line">The line without its end; cut at <see cref="ProcessProviderOptions.OutputLineLimit"/>.</param>
public readonly record struct ComponentOutput(ComponentId Id, bool IsError, string Line);
