namespace Iarnet.Store.Disk;

internal enum SlotState : byte
{
    Dead,
    Live,
    MovedAway,
    MovedIn,
    Tombstone,
}
