namespace Iarnet.Dag;

/// <summary>Held by the data node alone: when nobody can reach the node any more, the store learns that the object is not needed.</summary>
internal sealed class HeldObjectGuard(HeldObject held)
{
    public HeldObject Held => held;

    ~HeldObjectGuard()
    {
        if (!held.IsReleased)
        {
            var released = held;
            held.Session.Engine.Loop.Enqueue(_ => released.Release());
        }
    }
}
