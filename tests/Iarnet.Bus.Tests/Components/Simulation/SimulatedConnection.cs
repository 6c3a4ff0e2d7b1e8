namespace Iarnet.Bus.Tests.Components.Simulation;

/// <summary>A connection of the component to the engine.</summary>
internal sealed class SimulatedConnection(int bound, SimulatedEnd engine, SimulatedEnd component)
{
    public SimulatedSink ToEngine { get; } = new(bound, component.Continue);

    public SimulatedSink ToComponent { get; } = new(bound, engine.Continue);

    /// <summary>Nothing passes any more, whether the ends know it or not.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The engine has left it, and reads from it no more.</summary>
    public bool IsLeftByEngine { get; set; }

    public SimulatedSink From(SimulatedEnd end) => end.IsEngine ? ToComponent : ToEngine;

    public SimulatedSink To(SimulatedEnd end) => end.IsEngine ? ToEngine : ToComponent;

    public void Cut(SeededRandom random)
    {
        IsCut = true;
        ToEngine.Cut(random.Next(6));
        ToComponent.Cut(random.Next(6));
    }
}
