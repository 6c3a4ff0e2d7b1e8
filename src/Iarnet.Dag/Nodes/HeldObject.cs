using Iarnet.Objects;

namespace Iarnet.Dag;

/// <summary>
/// A reference into a store that a session owns, in the session's list of them. Everything but <see cref="IsReleased"/> belongs to the loop.
/// </summary>
internal sealed class HeldObject(DagSession session, ObjectRef reference) : ILoopItem
{
    private volatile bool _released;
    private bool _registered;

    public ILoopItem? Next { get; set; }

    public HeldObject? PreviousHeld { get; set; }

    public HeldObject? NextHeld { get; set; }

    public bool IsReleased => _released;

    public DagSession Session => session;

    /// <summary>Takes it into the session's list; when the session ended meanwhile, the reference is given up at once.</summary>
    public void Run(EngineLoop loop)
    {
        if (_registered)
        {
            return;
        }

        _registered = true;
        if (session.IsEnded || _released)
        {
            Release();
        }
        else
        {
            session.Hold(this);
        }
    }

    public void Release()
    {
        if (_released)
        {
            return;
        }

        _released = true;
        if (_registered)
        {
            session.Unhold(this);
        }

        session.Engine.ReleaseObject(reference);
    }
}
