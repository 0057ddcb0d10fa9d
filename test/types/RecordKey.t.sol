// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {RecordId, RecordKey} from "../../contracts/types/RecordKey.sol";
import {vm} from "../Vm.sol";

contract RecordKeyTest {
    function testFuzz_AnotherFieldIsAnotherId(
        RecordKey memory key,
        RecordKey memory other,
        uint256 field
    ) external pure {
        RecordKey memory changed = RecordKey({patient: key.patient, author: key.author, commitment: key.commitment});
        field %= 3;
        if (field == 0) changed.patient = other.patient;
        else if (field == 1) changed.author = other.author;
        else changed.commitment = other.commitment;
        vm.assume(
            changed.patient != key.patient || changed.author != key.author || changed.commitment != key.commitment
        );

        vm.assertNotEq(_id(changed), _id(key));
    }

    function testFuzz_PatientAndAuthorDoNotChangePlaces(RecordKey memory key) external pure {
        vm.assume(key.patient != key.author);

        vm.assertNotEq(_id(RecordKey(key.author, key.patient, key.commitment)), _id(key));
    }

    function testFuzz_TheIdIsTheHashOfThreeWords(RecordKey memory key) external pure {
        bytes32 patient = bytes32(uint256(uint160(key.patient)));
        bytes32 author = bytes32(uint256(uint160(key.author)));

        vm.assertEq(_id(key), keccak256(bytes.concat(patient, author, key.commitment)));
    }

    function _id(RecordKey memory key) internal pure returns (bytes32) {
        return RecordId.unwrap(key.toId());
    }
}
