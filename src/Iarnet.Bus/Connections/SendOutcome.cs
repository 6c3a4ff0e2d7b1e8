namespace Iarnet.Bus.Connections;

internal enum SendOutcome
{
    Queued,
    Full,
    Closed,
}
