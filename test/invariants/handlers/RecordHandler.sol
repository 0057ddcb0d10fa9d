// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IRecordRegistry} from "../../../contracts/records/interfaces/IRecordRegistry.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {RecordKey} from "../../../contracts/types/RecordKey.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Messages} from "../Messages.sol";
import {World} from "../World.sol";
import {CareStore} from "../stores/CareStore.sol";
import {RecordStore} from "../stores/RecordStore.sol";
import {bound} from "../../Vm.sol";
import {Handler} from "./Handler.sol";

/// @notice Records are anchored, amended and erased, by those who may and those who may not.
contract RecordHandler is Handler {
    RecordStore internal store;

    CareStore internal care;

    constructor(World inhabited, RecordStore records, CareStore licences) Handler(inhabited) {
        store = records;
        care = licences;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.anchor.selector;
        selectors[1] = this.amend.selector;
        selectors[2] = this.erase.selector;
        selectors[3] = this.eraseBySig.selector;
    }

    function anchor(uint256 keySeed, uint256 callerSeed, uint256 digestSeed) external {
        RecordKey memory key = _key(keySeed);
        RecordStore.Left memory left = store.leftOf(key);
        bytes32 digest = _digest(digestSeed);
        bytes memory data = abi.encodeCall(IRecordRegistry.anchor, (Role.Provider, key, digest));
        _write(key, callerSeed, digest, !left.erased && left.digest == 0, data);
    }

    function amend(uint256 keySeed, uint256 callerSeed, uint256 digestSeed) external {
        RecordKey memory key = _known(keySeed);
        RecordStore.Left memory left = store.leftOf(key);
        bytes32 digest = _digest(digestSeed);
        // Now and then it replaces a digest that is not the current one.
        bytes32 previous = digestSeed % 8 == 0 ? keccak256(abi.encode(digestSeed)) : left.digest;
        bytes memory data = abi.encodeCall(IRecordRegistry.amend, (Role.Provider, key, digest, previous));
        _write(key, callerSeed, digest, left.digest != 0 && left.digest == previous, data);
    }

    function erase(uint256 keySeed, uint256 callerSeed, uint256 rarity) external {
        // Rarely, or nothing would be left.
        if (rarity % 4 != 0) return;
        RecordKey memory key = _known(keySeed);
        address caller = callerSeed % 2 == 0 ? key.patient : world.anyone(callerSeed / 2);

        bool succeeded = _act(caller, abi.encodeCall(IRecordRegistry.erase, (_list(key))));

        _judgeErasure(succeeded, caller == key.patient, key);
    }

    function eraseBySig(uint256 keySeed, uint256 signerSeed, uint256 relayerSeed, uint256 rarity) external {
        if (rarity % 4 != 0) return;
        RecordKey memory key = _known(keySeed);
        address signer = world.decider(key.patient, signerSeed);
        bytes32 digest = Messages.erase(address(world.RECORDS()), signer, _list(key), block.timestamp);

        bool succeeded = _act(
            world.anyone(relayerSeed),
            abi.encodeCall(
                IRecordRegistry.eraseBySig,
                (_list(key), Authorization(signer, block.timestamp), world.sign(signer, digest))
            )
        );

        _judgeErasure(succeeded, signer == key.patient, key);
    }

    function _write(
        RecordKey memory key,
        uint256 callerSeed,
        bytes32 digest,
        bool writable,
        bytes memory data
    ) internal {
        store.meet(key);
        address caller = callerSeed % 4 == 0 ? world.anyone(callerSeed / 4) : key.author;

        bool isPatientAsAuthor = caller == key.patient && caller == key.author;
        bool isAuthor = care.actsFor(caller, key.author) && care.isLive(key.author, Role.Provider);
        bool succeeded = _act(caller, data);

        store.judge(succeeded, writable && (isPatientAsAuthor || isAuthor));
        if (succeeded) store.wrote(key, digest);
    }

    function _judgeErasure(bool succeeded, bool rightful, RecordKey memory key) internal {
        store.meet(key);
        store.judge(succeeded, rightful);
        if (succeeded) store.erased(key);
    }

    function _act(address actor, bytes memory data) internal returns (bool) {
        return _call(actor, address(world.RECORDS()), data);
    }

    /// @dev Mostly a record somebody tried to write once.
    function _known(uint256 seed) internal view returns (RecordKey memory) {
        return store.count() == 0 || seed % 8 == 0 ? _key(seed / 8) : store.keyAt(seed % store.count());
    }

    function _key(uint256 seed) internal view returns (RecordKey memory) {
        address patient = world.patient(seed);
        address author = seed % 4 == 0 ? patient : world.grantee(seed / 4);
        return RecordKey({patient: patient, author: author, commitment: bytes32((seed / 16) % 2)});
    }

    function _digest(uint256 seed) internal pure returns (bytes32) {
        return bytes32(bound(seed, 1, type(uint256).max - 1));
    }

    function _list(RecordKey memory key) internal pure returns (RecordKey[] memory keys) {
        keys = new RecordKey[](1);
        keys[0] = key;
    }
}
