namespace Iarnet.Components.Actors;

/// <summary>A function that a component was told to load.</summary>
internal sealed class SentFunction(uint number, string name)
{
    public uint Number => number;

    public string Name => name;

    /// <summary>Why it could not be loaded there; set once, from the loop that receives.</summary>
    public volatile RemoteError? Error;
}
