namespace BusSample;

internal enum Mode
{
    /// <summary>A server, and clients in other processes.</summary>
    Demo = 0,

    Server = 1,

    Client = 2,
}
